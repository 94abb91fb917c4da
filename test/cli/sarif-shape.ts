/**
 * The part of SARIF 2.1.0 that consumers rely on, as a JSON schema of our own, after the standard's sections 3.13 (log),
 * 3.14 (run), 3.19 (tool component), 3.27 (result), 3.28 (location), 3.30 (region) and 3.49 (reporting descriptor).
 */
const position = { type: 'integer', minimum: 1 };
const message = { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 1 } }, additionalProperties: false };
const level = { enum: ['none', 'note', 'warning', 'error'] };
const physicalLocation = {
  type: 'object',
  required: ['artifactLocation', 'region'],
  additionalProperties: false,
  properties: {
    artifactLocation: {
      type: 'object',
      required: ['uri'],
      additionalProperties: false,
      properties: { uri: { type: 'string', pattern: '^[^\\\\ ]+$' }, uriBaseId: { type: 'string' } },
    },
    region: {
      type: 'object',
      required: ['startLine', 'startColumn', 'endLine', 'endColumn'],
      additionalProperties: false,
      properties: { startLine: position, startColumn: position, endLine: position, endColumn: position },
    },
  },
};
const location = (more: object) => ({
  type: 'object',
  required: ['physicalLocation', ...Object.keys(more)],
  additionalProperties: false,
  properties: { physicalLocation, ...more },
});

export const sarifShape = {
  type: 'object',
  required: ['version', 'runs'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['tool', 'results'],
        additionalProperties: false,
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            additionalProperties: false,
            properties: {
              driver: {
                type: 'object',
                required: ['name', 'rules'],
                additionalProperties: false,
                properties: {
                  name: { type: 'string' },
                  semanticVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id', 'shortDescription'],
                      additionalProperties: false,
                      properties: {
                        id: { type: 'string', pattern: '^[a-z0-9-]+$' },
                        name: { type: 'string', pattern: '^[A-Z][A-Za-z0-9]*$' },
                        shortDescription: message,
                        help: {
                          type: 'object',
                          required: ['text', 'markdown'],
                          additionalProperties: false,
                          properties: { text: { type: 'string' }, markdown: { type: 'string' } },
                        },
                        defaultConfiguration: { type: 'object', required: ['level'], additionalProperties: false, properties: { level } },
                        properties: {
                          type: 'object',
                          required: ['tags'],
                          properties: { tags: { type: 'array', items: { type: 'string' } } },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
          columnKind: { const: 'utf16CodeUnits' },
          originalUriBaseIds: {
            type: 'object',
            required: ['SRCROOT'],
            properties: {
              SRCROOT: { type: 'object', required: ['uri'], properties: { uri: { type: 'string', pattern: '^file:///.*/$' } } },
            },
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['ruleId', 'ruleIndex', 'level', 'message', 'locations'],
              additionalProperties: false,
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: 0 },
                level,
                message,
                locations: { type: 'array', minItems: 1, maxItems: 1, items: location({}) },
                relatedLocations: { type: 'array', minItems: 1, items: location({ id: { type: 'integer', minimum: 1 }, message }) },
              },
            },
          },
        },
      },
    },
  },
};
