namespace Campaigns.Db.Engine;

/// <summary>The kinds of values that columns and parameters have.</summary>
internal enum SqlKind : byte
{
    /// <summary>A parameter that was never set.</summary>
    Unset,
    Number,
    Text,
    Bytes,
}
