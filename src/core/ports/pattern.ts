/** Compiles a regular expression in RE2 syntax to a test that runs in linear time. @throws TuttiError `input/invalid-format`. */
export type CompilePattern = (source: string) => (text: string) => boolean;
