/** The current day in UTC, as YYYY-MM-DD. */
export const getToday = (): string => new Date().toISOString().slice(0, 10);
