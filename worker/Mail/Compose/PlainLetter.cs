using System.Text;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// The text part: lines of at most 72 characters, each link alone on its own line and in one piece.
/// </summary>
public static class PlainLetter
{
    private const int Width = 72;

    /// <summary>The text with LF line ends.</summary>
    public static string Render(LetterText letter)
    {
        var text = new StringBuilder();
        foreach (var block in letter.Blocks)
        {
            if (text.Length > 0)
                text.Append('\n');
            switch (block)
            {
                case Heading heading:
                    Wrap(text, heading.Text);
                    break;
                case Subheading heading:
                    Wrap(text, heading.Text);
                    break;
                case Prose prose:
                    // Markdown reads well as it is; each of its lines begins a line.
                    foreach (var line in prose.Text.EnumerateLines())
                        Wrap(text, line.ToString());
                    break;
                case LinkList links:
                    foreach (var item in links.Items)
                    {
                        Wrap(text, item.Text, "  ", "- ");
                        if (item.Link is not null)
                            text.Append("  ").Append(item.Link).Append('\n');
                    }
                    break;
                case Paragraph paragraph:
                    Wrap(text, paragraph.Text);
                    break;
                case Quotation quotation:
                    Wrap(text, quotation.Text, "    ");
                    break;
                case BulletList list:
                    foreach (var item in list.Items)
                        Wrap(text, item, "  ", "- ");
                    break;
                case Button button:
                    Wrap(text, $"{button.Label}:");
                    text.Append('\n').Append(button.Link).Append('\n');
                    break;
                case FallbackLink link:
                    Wrap(text, link.Text);
                    text.Append('\n').Append(link.Link).Append('\n');
                    break;
                case Note note:
                    text.Append("--\n");
                    Wrap(text, note.Text);
                    break;
                default:
                    throw new InvalidOperationException($"No text form for {block.GetType().Name}.");
            }
        }
        return text.ToString();
    }

    private static void Wrap(StringBuilder text, string words, string indent = "", string first = "")
    {
        var column = 0;
        foreach (var word in words.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                text.Append('\n');
                column = 0;
            }
            var lead =
                column > 0 ? " "
                : first.Length > 0 ? first
                : indent;
            first = "";
            text.Append(lead).Append(word);
            column += lead.Length + word.Length;
        }
        text.Append('\n');
    }
}
