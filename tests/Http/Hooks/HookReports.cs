using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Campaigns.Tests.Http.Hooks;

/// <summary>Reports as mail servers and providers document them.</summary>
internal static class HookReports
{
    // As Postfix writes it (RFC 3464).
    public static string Report(string to, string action) =>
        $"""
            Return-Path: <>
            From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
            Subject: Undelivered Mail Returned to Sender
            To: {to}
            Auto-Submitted: auto-replied
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary="B.1/mail.example.org"

            --B.1/mail.example.org
            Content-Description: Notification
            Content-Type: text/plain; charset=us-ascii

            This is the mail system at host mail.example.org.

            --B.1/mail.example.org
            Content-Description: Delivery report
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mail.example.org
            X-Postfix-Queue-ID: 4
            Arrival-Date: Fri, 17 May 2019 09:00:00 +0000 (UTC)

            Final-Recipient: rfc822; kari@example.org
            Original-Recipient: rfc822;kari@example.org
            Action: {action}
            Status: 5.1.1
            Remote-MTA: dns; mx.example.org
            Diagnostic-Code: smtp; 550 5.1.1 no such user

            --B.1/mail.example.org
            Content-Description: Undelivered Message Headers
            Content-Type: text/rfc822-headers

            From: petitions@example.org
            Subject: Confirm your signature

            --B.1/mail.example.org--

            """.ReplaceLineEndings("\r\n");

    public static string Sns(
        RSA signer,
        string type,
        string message,
        string topic,
        DateTimeOffset? at = null,
        string version = "2"
    )
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Message"] = message,
            ["MessageId"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(8)),
            ["Timestamp"] = (at ?? DateTimeOffset.UtcNow).ToString(
                "yyyy-MM-ddTHH:mm:ss.fffZ",
                CultureInfo.InvariantCulture
            ),
            ["TopicArn"] = topic,
            ["Type"] = type,
        };
        if (type == "SubscriptionConfirmation")
        {
            fields["SubscribeURL"] = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc";
            fields["Token"] = "abc";
        }
        var signed = string.Concat(fields.Select(field => $"{field.Key}\n{field.Value}\n"));
        fields["Signature"] = Convert.ToBase64String(
            signer.SignData(Encoding.UTF8.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        );
        fields["SignatureVersion"] = version;
        fields["SigningCertURL"] = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem";
        return JsonSerializer.Serialize(fields);
    }

    public static string Mailgun(
        DateTimeOffset at,
        string token,
        string address,
        string key,
        string type = "failed",
        string severity = "permanent"
    )
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(timestamp + token));
        return $$$"""
            {"signature":{"timestamp":"{{{timestamp}}}","token":"{{{token}}}",
                          "signature":"{{{Convert.ToHexStringLower(signature)}}}"},
             "event-data":{"event":"{{{type}}}","severity":"{{{severity}}}","reason":"bounce",
                           "recipient":"{{{address}}}",
                           "delivery-status":{"code":550,"message":"5.2.1 The account is disabled","description":""},
                           "envelope":{"sender":"petitions@example.org","targets":"{{{address}}}"}} }
            """;
    }
}
