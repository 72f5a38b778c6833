import {
  ChartField,
  ChartVersionField,
  CreateNamespaceField,
  InstallAtomicField,
  InstallNamespaceField,
  InstallWaitField,
  NewReleaseNameField,
  TimeoutField,
} from '../releases/release.fields.js';

export class InstallDto {
  @NewReleaseNameField()
  release_name!: string;

  @ChartField()
  chart!: string;

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
