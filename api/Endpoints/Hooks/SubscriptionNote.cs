using Campaigns.Db;
using Campaigns.Db.Files;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Endpoints.Hooks;

/// <summary>
/// The address with which an operator confirms the subscription of a topic of Amazon SNS. It has a
/// secret, so that it goes into a private file and not into the log.
/// </summary>
internal sealed class SubscriptionNote(InstallationRoot root, IOptions<DataOptions> data, ILogger<SubscriptionNote> log)
{
    /// <summary>The file in the data folder.</summary>
    public const string FileName = "sns-subscription.txt";

    public async Task WriteAsync(string? url, CancellationToken cancellation)
    {
        var path = Path.Combine(root.Resolve(data.Value.Directory), FileName);
        await using (var file = PrivateFiles.Open(path, FileMode.Create, FileAccess.Write))
        await using (var writer = new StreamWriter(file))
            await writer.WriteLineAsync((url ?? "").AsMemory(), cancellation);
        log.LogWarning("Amazon SNS asks to confirm the subscription: open the address in {File}", FileName);
    }
}
