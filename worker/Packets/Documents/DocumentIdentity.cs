using System.Security.Cryptography;
using System.Text;
using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

internal static class DocumentIdentity
{
    /// <summary>The same packet's same document always has the same identity and date.</summary>
    public static PdfInfo Info(PacketFacts facts, string title, string document)
    {
        var id = SHA256.HashData(Encoding.UTF8.GetBytes($"campaign-pdf-v1\n{facts.PacketId}\n{document}"));
        return new(title, facts.Locale, facts.CreatedAt, Convert.ToHexString(id.AsSpan(0, 16)));
    }
}
