/** Who says something in a conversation. */
export const ROLES = ['user', 'assistant', 'system'] as const;
export type Role = (typeof ROLES)[number];
