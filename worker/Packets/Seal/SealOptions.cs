namespace Campaigns.Worker.Packets.Seal;

/// <summary>How the containers of packets are signed; section <c>Packets</c>.</summary>
public sealed class SealOptions
{
    public const string Section = "Packets";

    /// <summary>
    /// A PKCS#12 file with the organisation's certificate and its key; empty for the certificate of
    /// the newest signing key.
    /// </summary>
    public string SealCertificate { get; set; } = "";

    /// <summary>The password of that file.</summary>
    public string SealPassword { get; set; } = "";

    /// <summary>A server for time-stamps (RFC 3161); empty for none.</summary>
    public string TimestampUrl { get; set; } = "";
}
