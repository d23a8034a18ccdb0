using System.Globalization;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// The names of the files of a packet; those of the manifest are in
/// <see cref="global::Campaigns.Packets.Manifest"/>.
/// </summary>
public static class PacketNames
{
    public const string CoverLetter = "cover-letter.pdf";
    public const string CountCertificate = "count-certificate.pdf";
    public const string Csv = "signatures.csv";
    public const string Workbook = "signatures.xlsx";
    public const string ReadMe = "READ-ME.txt";

    public static string Volume(string country, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"signatures-{country}-{number:D3}.pdf");
}
