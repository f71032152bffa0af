export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Prints a sentence for the operator, whatever the level of the log: as it is, or as a line like those of a JSON log. */
export function printOperatorMessage(
  sentence: string,
  format: LogFormat,
  level: 'log' | 'fatal' = 'log',
): void {
  const print = level === 'fatal' ? console.error : console.log;
  if (format === 'text') print(sentence);
  else
    print(
      JSON.stringify({
        level,
        pid: process.pid,
        timestamp: Date.now(),
        message: sentence,
        context: 'minutebook',
      }),
    );
}
