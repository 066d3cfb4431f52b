/** A screen has 60 frames a second; one that comes later than this was dropped. */
const LATE_MS = 34;

/** Scrolls to the end, a wheel's turn each frame, and notes when the frames came. Runs in the page. */
const SCROLL = `new Promise((resolve) => {
  const longTasks = [];
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: 'longtask' });
  const gaps = [];
  let before = performance.now();
  const step = (now) => {
    gaps.push(now - before);
    before = now;
    scrollBy(0, 400);
    const { scrollTop, scrollHeight, clientHeight } = document.documentElement;
    if (scrollTop + clientHeight < scrollHeight - 1) return requestAnimationFrame(step);
    observer.disconnect();
    resolve({ gaps, longTasks });
  };
  scrollTo(0, 0);
  requestAnimationFrame((now) => {
    before = now;
    requestAnimationFrame(step);
  });
})`;

/**
 * Loads all keys, page by page as an admin would, and scrolls through them.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} list
 */
export async function scrollThrough(page, list) {
  await page.goto(list);
  const more = page.getByRole('button', { name: 'Load more' });
  const end = page.getByText(/^[\d,]+ API keys$/);
  await more.waitFor();
  while (!(await end.isVisible())) {
    const answered = page.waitForResponse((response) => new URL(response.url()).searchParams.has('cursor'));
    await more.click();
    await (await answered).finished();
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
  }
  const rows = Number((await end.innerText()).replaceAll(/\D/g, ''));
  /** @type {{ gaps: number[], longTasks: number[] }} */
  const { gaps, longTasks } = await page.evaluate(SCROLL);
  return { rows, frames: gaps.length, lateFrames: gaps.filter((ms) => ms > LATE_MS).length, longTasks };
}
