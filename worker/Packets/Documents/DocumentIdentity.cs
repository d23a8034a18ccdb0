using System.Security.Cryptography;
using System.Text;
using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

internal static class DocumentIdentity
{
    /// <summary>A document of a packet has the same identity and date in every build.</summary>
    public static PdfInfo Info(PacketFacts facts, string title, string document)
    {
        var id = SHA256.HashData(Encoding.UTF8.GetBytes($"campaign-pdf-v1\n{facts.PacketId}\n{document}"));
        return new(title, facts.Locale, facts.CreatedAt, Convert.ToHexString(id.AsSpan(0, 16)));
    }
}
