export { ANSWER_SECONDS } from './answer-seconds.js';
export { logFactsOf } from './call-origin.js';
export type { CallOrigin, SpanFacts, TraceSpan } from './call-origin.js';
export { cutName } from './cut-name.js';
export { EFFECTS } from './effect.js';
export type { Effect } from './effect.js';
export { BooleanField, ChoiceField, IntField, TextField } from './fields.decorator.js';
export { acceptedBy, inputClass, inputSchemaOf } from './input-schema.js';
export type { PropertySchema } from './input-schema.js';
export type { Lane } from './lane.js';
export { readConfigFile } from './config/config-file.js';
export { isOfPlatform, overrideSettings, useConfigFile } from './config/given-values.js';
export {
  allSettings,
  checkSettings,
  declarationOf,
  registerConfig,
  settingFaults,
} from './config/register-config.js';
export { ChoiceSetting, IntSetting, settingsOf, TextSetting } from './config/setting.decorator.js';
export type { Setting } from './config/setting.decorator.js';
export { sharesConfig } from './config/shares.config.js';
export { ownerOf } from './principal.js';
export type { Principal } from './principal.js';
export { SharedField } from './shared-field.js';
export { ToolRequirement } from './tool-requirement.js';
export type { RequirementScope } from './tool-requirement.js';
export { Tool, ToolProvider } from './tool.decorator.js';
export { invalidField, TOOL_ERROR_CODES, ToolError } from './tool.error.js';
export type { FieldError, ToolErrorCode } from './tool.error.js';
export { InterceptsTools } from './tool.interceptor.js';
export type { RefusedCall, ToolInterceptor, ToolInvocation } from './tool.interceptor.js';
export { ToolInvoker } from './tool.invoker.js';
export type { PreparedCall } from './tool.invoker.js';
export { ASKED_OUTPUT_CHARS, toolsConfig } from './tools.config.js';
export type { ToolsConfig } from './tools.config.js';
export { ToolRegistry } from './tool.registry.js';
export type { Category } from './tool.registry.js';
export { ToolsModule } from './tools.module.js';
export type { Progress, ToolCall, ToolDefinition, ToolPlace, ToolResult } from './tool.js';
export { DNS_LABEL, NAME, textFault, UUID } from './text-format.js';
export type { TextFormat } from './text-format.js';
export { VERSION } from './version.js';
export { readInput } from './tool-input.js';
