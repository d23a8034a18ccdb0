
namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// One column of a table: its width in points, and whether it contains numbers, which are aligned
/// right.
/// </summary>
internal readonly record struct Column(double Width, bool Numbers = false);
