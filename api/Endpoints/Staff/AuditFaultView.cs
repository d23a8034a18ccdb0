namespace Campaigns.Api.Endpoints.Staff;

/// <summary>The first fault of the audit trail; a number or id that is unknown is null.</summary>
internal sealed record AuditFaultView(string Kind, long? Link, string? Line);
