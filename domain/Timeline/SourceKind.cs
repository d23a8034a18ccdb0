namespace Campaigns.Timeline;

public static class SourceKind
{
    public const string Press = "press";
    public const string Report = "report";
    public const string Statement = "statement";
    public const string Blog = "blog";
    public const string PressRelease = "press release";

    public static IReadOnlyList<string> All { get; } = [Press, Report, Statement, Blog, PressRelease];
}
