/** A prompt, and the mark in it that nobody can guess and that is another one each time. */
interface Fenced {
  readonly prompt: string;
  readonly fence?: string;
}

/** What stands around the marks of a prompt: the same for equal questions, and never for others. */
export function aroundFence({ prompt, fence }: Fenced): readonly string[] {
  return fence === undefined || fence === '' ? [prompt] : prompt.split(fence);
}
