using DePinChain.Blocks;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests;

/// <summary>What a sent transaction or a query of a <see cref="Scenario"/> came to.</summary>
internal sealed record Outcome(bool Succeeded, byte[] ReturnData, ulong GasUsed, IReadOnlyList<LogEntry> Logs)
{
    /// <summary>Asserts success.</summary>
    public Outcome Succeeds()
    {
        Assert.That(Succeeded, Is.True, $"reverted with {Hex.Encode(ReturnData)}");
        return this;
    }

    /// <summary>Asserts that it reverted with exactly this error.</summary>
    public void RevertsWith<TError>(in TError error)
        where TError : struct, IError
    {
        Assert.That(Succeeded, Is.False);
        Assert.That(Hex.Encode(ReturnData), Is.EqualTo(Hex.Encode(error.Encode())), error.ToString());
    }

    /// <summary>The events of one type that it left, in order.</summary>
    public IReadOnlyList<TEvent> Events<TEvent>()
        where TEvent : struct, IEvent<TEvent> => EventsOf<TEvent>(Logs);

    internal static IReadOnlyList<TEvent> EventsOf<TEvent>(IEnumerable<LogEntry> logs)
        where TEvent : struct, IEvent<TEvent>
    {
        List<TEvent> events = [];
        foreach (LogEntry log in logs)
        {
            if (TEvent.TryDecode(log.Topics, log.Data.Span, out TEvent decoded)) events.Add(decoded);
        }

        return events;
    }
}
