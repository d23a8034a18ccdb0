using System.Data.Common;
using Campaigns.Api.Doctor.Settings;
using Campaigns.Checks;
using Campaigns.Db;
using Campaigns.Db.Engine;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor;

/// <summary>
/// Runs checks. One that cannot run says so and does not keep the others from running.
/// </summary>
internal sealed class CheckRunner(IServiceProvider services)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    /// <summary>Results in the order of the list.</summary>
    /// <param name="deep">Also runs checks that read the whole database.</param>
    /// <param name="cancellation">Ends the run.</param>
    public async Task<IReadOnlyList<CheckReport>> RunAsync(bool deep, CancellationToken cancellation) =>
        await Task.WhenAll(
            CheckList.All.Select(check => Task.Run(() => RunAsync(check, deep, cancellation), cancellation))
        );

    private async Task<CheckReport> RunAsync(CheckDefinition check, bool deep, CancellationToken cancellation)
    {
        var result =
            check.IsDeep && !deep
                ? CheckResult.Skipped("It reads the whole database. The command doctor runs it.")
                : await TryAsync(check, cancellation);
        return new CheckReport(check.Name, result.State, result.Message);
    }

    private async Task<CheckResult> TryAsync(CheckDefinition check, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (!check.IsDeep)
            patience.CancelAfter(_timeout);
        try
        {
            var instance = (ICheck)ActivatorUtilities.CreateInstance(services, check.Type);
            return await instance.RunAsync(patience.Token).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return CheckResult.Warn("It did not end in time.");
        }
        catch (StartRefusedException refused)
        {
            return CheckResult.Skipped(refused.Message);
        }
        catch (Exception error) when (error is OptionsValidationException || UnreadableSetting.Find(error) is not null)
        {
            return CheckResult.Skipped("The settings are not valid.");
        }
        catch (Exception error) when (error is DbException or StorageException or IOException)
        {
            return CheckResult.Fail($"What it needs cannot be read ({error.GetType().Name}).");
        }
#pragma warning disable CA1031 // A defect of one check must not hide what the others find.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return CheckResult.Fail($"The check itself failed ({error.GetType().Name}).");
        }
    }
}
