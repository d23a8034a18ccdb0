using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Campaigns.Letters;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>
/// Webhooks of Postmark, which names itself by a password in its basic authentication.
/// </summary>
internal static class PostmarkHook
{
    public static HookMessage Read(JsonElement body, MailHookOptions options, string? authorization)
    {
        if (options.PostmarkSecret.Length == 0)
            return HookMessage.SwitchedOff;
        if (!HasSecret(authorization, options.PostmarkSecret))
            return HookMessage.Forged;
        var id = ((JsonElement?)body).Word("ID");
        return HookMessage.Genuine(id is { Length: <= 100 } ? "postmark " + id : null, Reports(body));
    }

    private static IEnumerable<BounceReport> Reports(JsonElement body)
    {
        var address = body.Text("Email");
        var status = MailStatus.FindIn(body.Text("Details") ?? "") ?? MailStatus.FindIn(body.Text("Description") ?? "");
        BounceReport? report = (body.Text("RecordType"), body.Text("Type")) switch
        {
            ("SpamComplaint", _) or ("Bounce", "SpamComplaint") => BounceReport.Complaint(null, address),
            ("Bounce", "HardBounce") => BounceReport.FromStatus(status ?? "5.1.1", null, address),
            ("Bounce", "BadEmailAddress") => BounceReport.FromStatus(LetterRules.BadAddress, null, address),
            ("Bounce", "Transient" or "SoftBounce" or "DnsError") => BounceReport.FromStatus(
                status is ['4', ..] ? status : "4.0.0",
                null,
                address
            ),
            ("Bounce", "Blocked" or "SpamNotification" or "DMARCPolicy") => BounceReport.FromStatus(
                "5.7.1",
                null,
                address
            ),
            _ => null,
        };
        return report is null ? [] : [report];
    }

    private static bool HasSecret(string? authorization, string secret)
    {
        const string scheme = "Basic ";
        if (authorization?.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) != true)
            return false;
        Span<byte> bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[scheme.Length..].Trim(), bytes, out var length))
            return false;
        var pair = bytes[..length];
        var colon = pair.IndexOf((byte)':');
        return colon >= 0
            && CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(pair[(colon + 1)..]),
                SHA256.HashData(Encoding.UTF8.GetBytes(secret))
            );
    }
}
