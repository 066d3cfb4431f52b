import { type ReactNode, useId } from 'react';
import classes from './bar-plot.module.css';

export interface Bar {
  label: string;
  value: number;
}

const HEIGHT = 100;
const STEP = 10;
const GAP = 2;

interface BarPlotProps {
  title: string;
  bars: readonly Bar[];
  /** Under the first, the middle and the last bar. */
  ticks: readonly string[];
}

/** Bars as one SVG. What it shows is also said in its title, and to the last number in the table below it. */
export function BarPlot({ title, bars, ticks }: BarPlotProps): ReactNode {
  const id = useId();
  const highest = Math.max(0, ...bars.map(({ value }) => value));
  return (
    <figure className={classes['figure']}>
      <figcaption>
        {title} <span className={classes['highest']}>most: {highest.toLocaleString('en')}</span>
      </figcaption>
      <svg
        role="img"
        aria-labelledby={id}
        viewBox={`0 0 ${String(bars.length * STEP)} ${String(HEIGHT)}`}
        preserveAspectRatio="none"
        className={classes['plot']}
      >
        <title id={id}>{`${title}, ${String(bars.length)} bars; the highest is ${String(highest)}`}</title>
        {bars.map(({ label, value }, index) => (
          <rect
            key={label}
            x={index * STEP + GAP / 2}
            width={STEP - GAP}
            y={HEIGHT - heightOf(value, highest)}
            height={heightOf(value, highest)}
            className={value === 0 ? classes['zero'] : classes['bar']}
          >
            <title>{`${label}: ${value.toLocaleString('en')}`}</title>
          </rect>
        ))}
      </svg>
      <div className={classes['ticks']} aria-hidden>
        {ticks.map((tick) => (
          <span key={tick}>{tick}</span>
        ))}
      </div>
      <BarTable bars={bars} />
    </figure>
  );
}

/** One use among thousands is still to be seen; none is a line on the ground. */
function heightOf(value: number, highest: number): number {
  return value === 0 ? 1 : Math.max(3, (value / highest) * HEIGHT);
}

function BarTable({ bars }: { bars: readonly Bar[] }): ReactNode {
  return (
    <details className={classes['details']}>
      <summary>As a table</summary>
      {/* Scrollable, so it must be reachable for the keyboard. */}
      <div className={classes['scroll']} tabIndex={0} role="region" aria-label="Values of the plot">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Uses</th>
            </tr>
          </thead>
          <tbody>
            {bars.toReversed().map(({ label, value }) => (
              <tr key={label}>
                <td>{label}</td>
                <td>{value.toLocaleString('en')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
