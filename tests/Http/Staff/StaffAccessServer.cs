using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Staff;

/// <summary>A server that takes many wrong tokens: each endpoint gets several.</summary>
public sealed class StaffAccessServer : SharedServer
{
    protected override string[] Settings => ["--Limits:RefuseStaffFailuresPerNetworkPerMinute=100000"];
}
