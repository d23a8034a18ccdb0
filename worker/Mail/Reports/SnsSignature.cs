using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>
/// The signature of a message of Amazon SNS, of version 2: RSA with SHA-256 over certain fields.
/// </summary>
internal sealed class SnsSignature
{
    private static readonly string[] _ofNotification =
    [
        "Message",
        "MessageId",
        "Subject",
        "Timestamp",
        "TopicArn",
        "Type",
    ];

    private static readonly string[] _ofSubscription =
    [
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ];

    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private SnsSignature(byte[] signed, byte[] signature) => (_signed, _signature) = (signed, signature);

    /// <summary>Null for a message without a signature of version 2.</summary>
    public static SnsSignature? Read(JsonElement message)
    {
        if (message.Text("SignatureVersion") != "2" || message.Text("Signature") is not { } signature)
            return null;
        var fields = message.Text("Type") == "Notification" ? _ofNotification : _ofSubscription;
        var text = new StringBuilder();
        foreach (var field in fields)
        {
            if (message.Text(field) is { } value)
                text.Append(field).Append('\n').Append(value).Append('\n');
        }
        var bytes = new byte[signature.Length];
        return Convert.TryFromBase64String(signature, bytes, out var length)
            ? new SnsSignature(Encoding.UTF8.GetBytes(text.ToString()), bytes[..length])
            : null;
    }

    /// <summary>True if the holder of the certificate signed the message.</summary>
    public bool IsOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetRSAPublicKey();
        return key?.VerifyData(_signed, _signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) == true;
    }
}
