import { event, type EventMessage } from '#contracts';
import { Reacts } from './reacts.js';

class SomeEvent implements EventMessage {
  eventId!: string;
  occurredAt!: string;
}

const contract = (subject: `evt.${string}.v1.${string}ed`) => event(subject, SomeEvent);

describe('@Reacts', () => {
  it('takes events whose subjects differ in the last word', () => {
    expect(() => Reacts(contract('evt.tests.v1.used'), contract('evt.tests.v1.refused'))).not.toThrow();
  });

  it('refuses events that one filter of a consumer cannot select', () => {
    expect(() => Reacts(contract('evt.tests.v1.used'), contract('evt.others.v1.used'))).toThrow(TypeError);
  });
});
