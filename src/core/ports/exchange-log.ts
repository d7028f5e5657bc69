import type { JsonObject } from '../kernel/json.ts';

/** Where exchanges with a model are kept for people to read. */
export interface ExchangeLog {
  /** One exchange, secrets taken out already. What cannot be written fails nothing. */
  write(exchange: JsonObject): void;
}
