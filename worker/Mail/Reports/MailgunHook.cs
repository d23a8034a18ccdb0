using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Campaigns.Letters;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>
/// Webhooks of Mailgun: an HMAC over a time stamp and a token, each token once.
/// </summary>
internal static class MailgunHook
{
    private static readonly TimeSpan _validFor = TimeSpan.FromMinutes(5);

    public static HookMessage Read(JsonElement body, MailHookOptions options, string bounceAddress, DateTimeOffset now)
    {
        if (options.MailgunSecret.Length == 0)
            return HookMessage.SwitchedOff;
        var signature = body.Field("signature");
        if (
            signature.Word("timestamp") is not { } timestamp
            || signature.Text("token") is not { Length: > 0 and <= 200 } token
            || signature.Text("signature") is not { } given
            || !IsSigned(options.MailgunSecret, timestamp + token, given)
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || (now - DateTimeOffset.UnixEpoch.AddSeconds(Math.Min(seconds, int.MaxValue))).Duration() > _validFor
        )
            return HookMessage.Forged;
        return HookMessage.Genuine("mailgun " + token, Reports(body.Field("event-data"), bounceAddress));
    }

    private static IEnumerable<BounceReport> Reports(JsonElement? data, string bounceAddress)
    {
        var address = data.Text("recipient");
        var tag = BounceTag.Find(data?.Field("envelope").Text("sender"), bounceAddress);
        switch (data.Text("event"))
        {
            case "complained":
                return [BounceReport.Complaint(tag, address)];
            // Mailgun itself tries again what failed temporarily.
            case "failed" when data.Text("severity") == "permanent":
                var status = data?.Field("delivery-status");
                var code =
                    status.Text("enhanced-code") is { } enhanced && MailStatus.IsEnhanced(enhanced)
                        ? enhanced
                        : MailStatus.FindIn(status.Text("message") ?? "") ?? status.Word("code") ?? "";
                return [BounceReport.FromStatus(code.Length <= 11 ? code : "", tag, address)];
            default:
                return [];
        }
    }

    private static bool IsSigned(string key, string text, string given)
    {
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text));
        try
        {
            return CryptographicOperations.FixedTimeEquals(expected, Convert.FromHexString(given));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
