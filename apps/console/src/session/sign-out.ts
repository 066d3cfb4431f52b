import { gateway } from '../api/gateway.js';
import { toast } from '../ui/toast.js';

export async function signOut(): Promise<void> {
  try {
    await gateway.signOut();
    // Whatever this page holds in memory goes with it.
    location.assign('/');
  } catch (error) {
    toast.problem('You are still signed in', error);
  }
}
