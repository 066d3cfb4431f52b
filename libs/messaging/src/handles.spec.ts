import { IsString } from 'class-validator';
import { request } from '#contracts';
import { Handles } from './handles.js';

class GreetRequest {
  @IsString()
  name!: string;
}
class GreetResponse {
  greeting!: string;
}
const greet = request('req.projects.v1.greet', GreetRequest, GreetResponse);

/** Checked by `tsc`, which fails as well when one of these mistakes is no longer one. */
class Mistakes {
  // @ts-expect-error -- the parameter is of another class
  @Handles(greet)
  wrongRequest({ age }: { age: number }): Promise<GreetResponse> {
    return Promise.resolve({ greeting: String(age) });
  }

  // @ts-expect-error -- the answer is of another class
  @Handles(greet)
  wrongResponse({ name }: GreetRequest): Promise<{ name: string }> {
    return Promise.resolve({ name });
  }

  // @ts-expect-error -- there is no answer
  @Handles(greet)
  noResponse(_request: GreetRequest): Promise<void> {
    return Promise.resolve();
  }
}

describe('@Handles', () => {
  it('is a mistake for the compiler on a method that does not fit the contract', () => {
    expect(Mistakes).toBeDefined();
  });
});
