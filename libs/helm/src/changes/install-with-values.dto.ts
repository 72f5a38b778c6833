import {
  ChartField,
  ChartVersionField,
  CreateNamespaceField,
  InstallAtomicField,
  InstallNamespaceField,
  InstallWaitField,
  NewReleaseNameField,
  TimeoutField,
  ValuesField,
} from '../releases/release.fields.js';

export class InstallWithValuesDto {
  @NewReleaseNameField()
  release_name!: string;

  @ChartField()
  chart!: string;

  @ValuesField({ optional: false })
  values!: string;

  @InstallNamespaceField()
  namespace!: string;

  @CreateNamespaceField()
  create_namespace!: boolean;

  @InstallWaitField()
  wait!: boolean;

  @ChartVersionField()
  version?: string;

  @TimeoutField()
  timeout_seconds!: number;

  @InstallAtomicField()
  atomic!: boolean;
}
