import { BooleanField, TextField } from '#tools';
import { RELEASE_NAME } from '../helm.formats.js';
import {
  ForceConflictsField,
  ChartField,
  ChartVersionField,
  ReleaseNamespaceField,
  TimeoutField,
  ValuesField,
} from '../releases/release.fields.js';

export class UpgradeDto {
  @TextField({ description: 'Name of the release.', format: RELEASE_NAME })
  release_name!: string;

  @ChartField()
  chart!: string;

  @ReleaseNamespaceField()
  namespace?: string;

  @BooleanField({ description: 'Install the release if it is not there.', default: true })
  install!: boolean;

  @BooleanField({
    description:
      'Wait until all objects are ready, at most timeout_seconds; otherwise return as soon as they are changed.',
    default: true,
  })
  wait!: boolean;

  @ValuesField({ optional: true })
  values?: string;

  @BooleanField({
    description:
      "Keep the values of the release as it is, and change only what values names. Otherwise what values leaves out goes back to the chart's own.",
    default: false,
  })
  reuse_values!: boolean;

  @ChartVersionField()
  version?: string;

  @TimeoutField()
  timeout_seconds!: number;

  @BooleanField({
    description: 'Roll back to the revision before if the upgrade fails; waits in any case.',
    default: false,
  })
  atomic!: boolean;

  @BooleanField({
    description: 'Where the release is installed: create the namespace if it is not there.',
    default: true,
  })
  create_namespace!: boolean;

  @ForceConflictsField()
  force_conflicts!: boolean;
}
