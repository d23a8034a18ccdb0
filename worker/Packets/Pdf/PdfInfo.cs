
namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// The metadata of a document. The caller supplies all of it, so that the same content makes the
/// same bytes.
/// </summary>
/// <param name="Title">Shown in the viewer's title bar.</param>
/// <param name="Language">BCP 47.</param>
/// <param name="Created">UTC.</param>
/// <param name="Id">32 hexadecimal digits.</param>
public sealed record PdfInfo(string Title, string Language, DateTimeOffset Created, string Id);
