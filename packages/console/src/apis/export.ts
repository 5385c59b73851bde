import { permissionScope } from '@keyporter/protocol'
import type { Api } from './api.ts'

/** Returns an API in the request format of `POST /v1/apis`, for version control or another installation. */
export function toJsonExport(api: Api) {
  const { name, slug, identifier, tokenTtlSeconds, signingAlgorithm, operations } = api
  const permissions = api.permissions.map(({ resource, actions, description, scopes }) => {
    const own = Object.fromEntries(
      actions.flatMap((action) =>
        scopes[action] === permissionScope({ resource, action }) ? [] : [[action, scopes[action]]],
      ),
    )
    return {
      resource,
      actions,
      description,
      ...(Object.keys(own).length === 0 ? {} : { scopes: own }),
    }
  })
  return { name, slug, identifier, tokenTtlSeconds, signingAlgorithm, permissions, operations }
}

/** Returns the permissions of an API as security scopes of an OpenAPI 3.1 document that can be imported. */
export function toOpenApiExport(api: Api, tokenUrl: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const { method, path, permissions } of api.operations) {
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        security: permissions.length === 0 ? [] : [{ keyporter: permissions }],
        responses: { default: { description: 'Not documented.' } },
      },
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: api.name, version: api.updatedAt },
    servers: [{ url: api.identifier }],
    paths,
    components: {
      securitySchemes: {
        keyporter: {
          type: 'oauth2',
          flows: { clientCredentials: { tokenUrl, scopes: describeScopes(api) } },
        },
      },
    },
  }
}

function describeScopes({ permissions }: Api): Record<string, string> {
  return Object.fromEntries(
    permissions.flatMap(({ resource, actions, description, scopes }) =>
      actions.map((action) => [
        scopes[action] ?? permissionScope({ resource, action }),
        `${description || resource}: ${action}`,
      ]),
    ),
  )
}
