namespace Campaigns.Worker;

/// <summary>
/// The worker as a process of its own. On the embedded database the API hosts the worker, because SQLite has one long-running
/// writing process; a separate worker comes with PostgreSQL.
/// </summary>
public static class Program
{
    public static int Main()
    {
        Console.Error.WriteLine("The worker runs inside the API (Worker:InProcess=true). A separate worker needs PostgreSQL, which this version does not support yet.");
        return 2;
    }
}
