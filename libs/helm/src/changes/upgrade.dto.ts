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
  @TextField({ description: 'Name of the release.', obvious: true, format: RELEASE_NAME })
  release_name!: string;

  @ChartField()
  chart!: string;

  @ReleaseNamespaceField()
  namespace?: string;

  @BooleanField({
    description: 'Install the release if it does not exist.',
    obvious: true,
    default: true,
  })
  install!: boolean;

  @BooleanField({
    description:
      'Wait until all objects are ready, at most timeout_seconds; otherwise return as soon as they are changed.',
    obvious: true,
    default: true,
  })
  wait!: boolean;

  @ValuesField({ optional: true })
  values?: string;

  @BooleanField({
    description:
      "Keep the current values of the release, and change only what values sets. Otherwise what values leaves out goes back to the chart's own values.",
    obvious: true,
    default: false,
  })
  reuse_values!: boolean;

  @ChartVersionField()
  version?: string;

  @TimeoutField()
  timeout_seconds!: number;

  @BooleanField({
    description: 'Roll back to the previous revision if the upgrade fails. Always waits.',
    obvious: true,
    default: false,
  })
  atomic!: boolean;

  @BooleanField({
    description: 'If the release is installed: create the namespace if it does not exist.',
    obvious: true,
    default: true,
  })
  create_namespace!: boolean;

  @ForceConflictsField()
  force_conflicts!: boolean;
}
