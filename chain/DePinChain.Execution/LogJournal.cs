using DePinChain.Blocks;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>The logs of the running transaction or block start, in order of emission.</summary>
internal sealed class LogJournal(Meter meter) : ILogSink
{
    private readonly List<LogEntry> _logs = [];

    public int Count => _logs.Count;

    /// <summary>Bytes of payload so far.</summary>
    public int PayloadBytes { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="Revert">A transaction's logs would exceed <see cref="GasSchedule.LogBytesMax"/>.</exception>
    public void Append(Address emitter, Hash256[] topics, byte[] payload)
    {
        meter.ChargeLog(GasSchedule.EmitLog(topics.Length, payload.Length));
        Add(emitter, topics, payload);
    }

    /// <summary>Appends a log whose price is part of another one.</summary>
    public void AppendPaid<TEvent>(Address emitter, in TEvent reported)
        where TEvent : struct, IEvent => Add(emitter, reported.Topics(), reported.Payload());

    public void TruncateTo(int count, int payloadBytes)
    {
        _logs.RemoveRange(count, _logs.Count - count);
        PayloadBytes = payloadBytes;
    }

    /// <summary>The logs so far; the journal starts anew.</summary>
    public IReadOnlyList<LogEntry> Take()
    {
        if (_logs.Count == 0) return [];
        LogEntry[] logs = [.. _logs];
        TruncateTo(0, 0);
        return logs;
    }

    private void Add(Address emitter, Hash256[] topics, byte[] payload)
    {
        // The system transaction's logs are bounded by units instead.
        if (meter.IsTransaction && PayloadBytes + payload.Length > GasSchedule.LogBytesMax) throw Revert.Panic(PanicCode.TooLarge);
        PayloadBytes += payload.Length;
        _logs.Add(new LogEntry(emitter, topics, payload));
    }
}
