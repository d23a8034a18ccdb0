using Campaigns.Checks;

namespace Campaigns.Api.Doctor;

/// <summary>The result of a check, with its name.</summary>
internal sealed record CheckReport(string Name, CheckState State, string Message);
