import { NAMESPACE } from '#cluster';
import { BooleanField, IntField, TextField } from '#tools';
import { CHART, CHART_VERSION, RELEASE_NAME } from '../helm.formats.js';

/** Seconds that helm waits by default. */
const DEFAULT_WAIT_SECONDS = 300;

/** The name of an existing release. */
export function ReleaseNameField(): PropertyDecorator {
  return TextField({
    description: 'Name of the release, as helm_list_releases shows it.',
    obvious: true,
    format: RELEASE_NAME,
  });
}

/** The namespace of a release. */
export function ReleaseNamespaceField(): PropertyDecorator {
  return TextField({
    description: "Namespace of the release. Left out: the context's own namespace.",
    obvious: true,
    format: NAMESPACE,
    optional: true,
  });
}

/** The revision of a release that is shown. */
export function RevisionField(): PropertyDecorator {
  return IntField({
    description: 'Revision to show. Left out: the last one.',
    obvious: true,
    min: 1,
    optional: true,
  });
}

/** A chart, as helm takes it. */
export function ChartField(): PropertyDecorator {
  return TextField({
    description:
      'The chart: "repository/chart" of a repository added by helm_repo_add, "oci://registry/path/chart", "https://host/chart-1.2.3.tgz", or "./chart" in the folder that this server allows, if any.',
    obvious: true,
    format: CHART,
  });
}

/** The version of a chart. */
export function ChartVersionField(): PropertyDecorator {
  return TextField({
    description:
      'Version of the chart, or a constraint such as "^2.0.0" or ">=1.2 <2". Left out: the latest that is not a pre-release.',
    obvious: true,
    format: CHART_VERSION,
    optional: true,
  });
}

/** Values for a chart. */
export function ValuesField({ optional }: { optional: boolean }): PropertyDecorator {
  return TextField({
    description:
      "Values for the chart, as YAML: they override the chart's own (helm_show_values shows those).",
    obvious: true,
    format: 'free',
    optional,
  });
}

/** How long helm waits. */
export function TimeoutField(): PropertyDecorator {
  return IntField({
    description:
      'Seconds to wait for hooks and, with wait, for the objects to be ready. The call fails if they are not done by then.',
    obvious: true,
    min: 1,
    max: 3_600,
    default: DEFAULT_WAIT_SECONDS,
  });
}

/** Whether to take over fields that others manage. */
export function ForceConflictsField(): PropertyDecorator {
  return BooleanField({
    description:
      'With Helm 4: take over fields that others manage, such as replicas that were scaled by hand. Otherwise the call fails and names them. Helm 3 always takes them over.',
    obvious: true,
    default: false,
  });
}
