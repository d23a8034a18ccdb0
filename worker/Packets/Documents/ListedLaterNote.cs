namespace Campaigns.Worker.Packets.Documents;

internal static class ListedLaterNote
{
    /// <summary>
    /// A sentence for each country that has more signatures under other countries, because they
    /// were confirmed before the campaign listed it.
    /// </summary>
    public static void Write(PageFlow flow, PacketWords words, PacketFacts facts, double size)
    {
        foreach (var country in facts.Countries.Where(country => country.ListedLater > 0))
            flow.Paragraph(
                words.Count("listed-later", country.ListedLater, words.Country(country.Country)),
                size,
                grey: Sheet.Quiet
            );
    }
}
