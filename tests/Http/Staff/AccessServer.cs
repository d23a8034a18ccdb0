using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Staff;

/// <summary>
/// A server that does not limit wrong tokens: the tests send more than the limit.
/// </summary>
public sealed class AccessServer : SharedServer
{
    protected override string[] Settings => ["--Limits:RefuseStaffFailuresPerNetworkPerMinute=100000"];
}
