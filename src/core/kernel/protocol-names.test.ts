import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  LOG_LEVEL_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  ProtocolErrorCode,
  SERVER_INFO_META_KEY,
} from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import * as names from './protocol-names.ts';

it('names what the SDK names, as it does', () => {
  expect({ ...names }).toEqual({
    MODERN_VERSION: '2026-07-28',
    PROTOCOL_VERSION_KEY: PROTOCOL_VERSION_META_KEY,
    CLIENT_INFO_KEY: CLIENT_INFO_META_KEY,
    CLIENT_CAPABILITIES_KEY: CLIENT_CAPABILITIES_META_KEY,
    SERVER_INFO_KEY: SERVER_INFO_META_KEY,
    LOG_LEVEL_KEY: LOG_LEVEL_META_KEY,
    INVALID_PARAMS: ProtocolErrorCode.InvalidParams,
    INTERNAL_ERROR: ProtocolErrorCode.InternalError,
  });
});
