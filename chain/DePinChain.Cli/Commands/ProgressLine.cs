using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace DePinChain.Cli.Commands;

/// <summary>One line on standard error that says how far a transfer is; silent where nobody reads it.</summary>
internal sealed class ProgressLine(bool isForPeople)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly bool _isShown = isForPeople && !Console.IsErrorRedirected;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _last = -Interval;
    private int _width;

    /// <summary>Passes bytes on and shows how many have come by.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Watch(
        string what, IAsyncEnumerable<ReadOnlyMemory<byte>> bytes, ulong size, ulong done,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        ulong first = done;
        await foreach (ReadOnlyMemory<byte> block in bytes.WithCancellation(cancellation))
        {
            yield return block;
            done += (ulong)block.Length;
            Report(what, done, size, (done - first) / Math.Max(clock.Elapsed.TotalSeconds, 0.001));
        }

        End();
    }

    /// <summary>Shows a transfer's state.</summary>
    public void Report(string what, ulong done, ulong size, double perSecond) => Say(string.Create(
        CultureInfo.InvariantCulture,
            $"{what}: {done / 1e6:0.0} of {size / 1e6:0.0} MB, {100.0 * done / Math.Max(size, 1):0} %, {perSecond / 1e6:0.0} MB/s"));

    public void Say(string text)
    {
        if (!_isShown || _clock.Elapsed - _last < Interval) return;
        _last = _clock.Elapsed;
        Console.Error.Write("\r" + text.PadRight(_width));
        _width = text.Length;
    }

    /// <summary>Clears the line.</summary>
    public void End()
    {
        if (_isShown && _width > 0) Console.Error.Write("\r" + new string(' ', _width) + "\r");
        _width = 0;
    }
}
