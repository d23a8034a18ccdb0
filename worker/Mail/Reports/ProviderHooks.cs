using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>Reads what mail providers post, whichever of them it was.</summary>
public sealed class ProviderHooks(IOptions<MailOptions> options, SnsCertificates certificates, TimeProvider time)
{
    /// <summary>True if reports of mail servers are believed by the tags of letters.</summary>
    public bool TakesMessages => options.Value.BounceAddress.Length > 0;

    /// <summary>The setting <c>Mail:BounceAddress</c>.</summary>
    public string BounceAddress => options.Value.BounceAddress;

    /// <param name="body">The JSON that was posted.</param>
    /// <param name="authorization">The header <c>Authorization</c>.</param>
    /// <param name="cancellation">Stops waiting for a certificate.</param>
    public async Task<HookMessage> ReadAsync(
        ReadOnlyMemory<byte> body,
        string? authorization,
        CancellationToken cancellation
    )
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var mail = options.Value;
            if (root.Field("SigningCertURL") is not null || root.Field("TopicArn") is not null)
                return await AmazonHook.ReadAsync(root, mail, certificates, time.UtcNow(), cancellation);
            if (root.Field("event-data") is not null)
                return MailgunHook.Read(root, mail.Hooks, mail.BounceAddress, time.UtcNow());
            return root.Field("RecordType") is not null
                ? PostmarkHook.Read(root, mail.Hooks, authorization)
                : HookMessage.Forged;
        }
        catch (JsonException)
        {
            return HookMessage.Forged;
        }
    }
}
