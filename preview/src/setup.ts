// What Grafana's front end does at its start and its libraries rely on.
import {
  booleanOverrideProcessor,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  type Field,
  type FieldConfigPropertyItem,
  FieldType,
  identityOverrideProcessor,
  locationUtil,
  numberOverrideProcessor,
  setTimeZoneResolver,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  type TransformerRegistryItem,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
} from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';

type Processor = FieldConfigPropertyItem['process'];

const numbers = (field: Field) => field.type === FieldType.number;
const every = () => true;

function property(
  id: string,
  process: unknown,
  shouldApply: (field: Field) => boolean = every,
): FieldConfigPropertyItem {
  const nothing = () => null;
  return {
    id,
    path: id,
    name: id,
    description: '',
    process: process as Processor,
    shouldApply,
    settings: id === 'displayName' ? { expandTemplateVars: true } : {},
    editor: nothing,
    override: nothing,
  };
}

/** The properties that fields of every kind of panel have, with the library's own processors. */
export const standardProperties = (): FieldConfigPropertyItem[] => [
  property('unit', unitOverrideProcessor, numbers),
  property('min', numberOverrideProcessor, numbers),
  property('max', numberOverrideProcessor, numbers),
  property('decimals', numberOverrideProcessor, numbers),
  property('fieldMinMax', booleanOverrideProcessor, numbers),
  property('displayName', displayNameOverrideProcessor),
  property('displayNameFromDS', stringOverrideProcessor),
  property('description', stringOverrideProcessor),
  property('noValue', stringOverrideProcessor),
  property('color', identityOverrideProcessor),
  property('links', dataLinksOverrideProcessor),
  property('actions', identityOverrideProcessor),
  property('mappings', valueMappingsOverrideProcessor),
  property('thresholds', thresholdsOverrideProcessor),
  property('filterable', booleanOverrideProcessor),
];

const ICONS = import.meta.glob<string>(
  '/node_modules/@grafana/ui/dist/public/img/icons/unicons/{info-circle,angle-down,angle-right,angle-up,exclamation-triangle,arrow-up,arrow-down,external-link-alt,times,filter,ellipsis-v,clock-nine,minus,link,search,bell,apps,eye,check,plus}.svg',
  { eager: true, query: '?raw', import: 'default' },
);
const NO_ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"></svg>';

/** Grafana fetches icons from its server; here they come from the page. Nothing else is fetched
 * but the preview's own data. */
function answerIcons(): void {
  const original = window.fetch.bind(window);
  window.fetch = (input, options) => {
    const address = input instanceof Request ? input.url : String(input);
    const icon = /public\/build\/img\/icons\/\w+\/([\w-]+)\.svg$/.exec(address);
    if (!icon) return original(input, options);
    const found = Object.entries(ICONS).find(([path]) => path.endsWith(`/${icon[1]}.svg`));
    const headers = { 'content-type': 'image/svg+xml' };
    return Promise.resolve(new Response(found?.[1] ?? NO_ICON, { headers }));
  };
}

export async function setUp(): Promise<void> {
  standardFieldConfigEditorRegistry.setInit(standardProperties);
  const transformers = new Map(Object.values(standardTransformers).map((each) => [each.id, each]));
  standardTransformersRegistry.setInit(() =>
    [...transformers.values()].map(
      (each) =>
        ({
          id: each.id,
          name: each.name,
          transformation: () => Promise.resolve(each),
          editor: () => null,
          imageDark: '',
          imageLight: '',
        }) as unknown as TransformerRegistryItem,
    ),
  );
  setTimeZoneResolver(() => 'utc');
  locationUtil.initialize({
    config: { appSubUrl: '' } as Parameters<typeof locationUtil.initialize>[0]['config'],
    getVariablesUrlParams: () => ({}),
    getTimeRangeForUrl: () => ({ from: '', to: '' }),
  });
  answerIcons();
  await initPluginTranslations('pbmon');
}
