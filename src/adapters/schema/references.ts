import { isJsonObject, type Json, type JsonObject } from '../../core/kernel/json.ts';

/** A part of a schema with a name of its own, from which references in it are read. */
export interface Resource {
  readonly root: JsonObject;
  readonly base: string;
  readonly anchors: Map<string, Json>;
}

const HERE = 'schema://tutti/root';

/** What references of one schema can point to. Nothing outside of it. */
export class References {
  readonly #resources = new Map<string, Resource>();

  /** Opens the resource that a schema begins by its `$id`, or gives the one it is in. */
  enter(schema: JsonObject, within: Resource | undefined): Resource {
    const { $id: id } = schema;
    const named = typeof id === 'string' && !id.startsWith('#');
    const resource =
      within === undefined || named
        ? {
            root: schema,
            base: resolveUri(named ? id : '', within?.base ?? HERE),
            anchors: new Map<string, Json>(),
          }
        : within;
    if (resource !== within) this.#resources.set(resource.base, resource);
    for (const name of anchorsOf(schema)) resource.anchors.set(name, schema);
    return resource;
  }

  /** What a reference points to with the resource that it lies in; `undefined` for what lies elsewhere or nowhere. */
  find(ref: string, from: Resource): { readonly schema: Json; readonly resource: Resource } | undefined {
    const [uri = '', ...rest] = ref.split('#');
    const fragment = decode(rest.join('#'));
    const resource = uri === '' ? from : this.#resources.get(resolveUri(uri, from.base));
    if (resource === undefined || fragment === undefined) return undefined;
    const schema =
      fragment.startsWith('/') || fragment === ''
        ? follow(fragment, resource.root)
        : resource.anchors.get(fragment);
    return schema === undefined ? undefined : { schema, resource };
  }
}

function* anchorsOf(schema: JsonObject): Generator<string> {
  for (const keyword of ['$anchor', '$dynamicAnchor']) {
    const name = schema[keyword];
    if (typeof name === 'string') yield name;
  }
  if (typeof schema['$id'] === 'string' && schema['$id'].startsWith('#')) yield schema['$id'].slice(1);
}

function resolveUri(uri: string, base: string): string {
  const url = URL.parse(uri, base);
  if (url === null) return uri;
  url.hash = '';
  return url.href;
}

function decode(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

function follow(pointer: string, root: Json): Json | undefined {
  let at: Json | undefined = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) at = (at as readonly Json[])[Number(key)];
    else at = isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}
