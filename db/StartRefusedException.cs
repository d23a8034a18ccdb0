
namespace Campaigns.Db;

/// <summary>
/// The start failed. The message is for the operator and contains no personal data.
/// </summary>
public sealed class StartRefusedException(string message) : Exception(message);
