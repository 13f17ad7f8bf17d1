using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Rpc.Protocol;

/// <summary>The filter object of logs.</summary>
internal ref partial struct ParameterReader
{
    private const int LogAddressesMax = 1_000;
    private const int TopicPositionsMax = 4;
    private const int TopicAlternativesMax = 1_000;

    /// <summary>A filter object; an absent one matches every log when <paramref name="isRequired"/> is false.</summary>
    public LogQuery ReadLogQuery(bool isRequired)
    {
        var query = new LogQuery(null, null, null, [], []);
        if (!Next(isRequired)) return query;
        if (_reader.TokenType != JsonTokenType.StartObject) Fail("not a filter object");
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        while (_fault is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            LogMember member = LogMemberHere();
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.Null) continue;
            switch (member)
            {
                case LogMember.FromBlock: query = query with { From = BlockHere(acceptsObject: false) }; break;
                case LogMember.ToBlock: query = query with { To = BlockHere(acceptsObject: false) }; break;
                case LogMember.BlockHash when FixedHere(bytes): query = query with { BlockHash = new Hash256(bytes) }; break;
                case LogMember.Address: query = query with { Addresses = LogAddressesHere() }; break;
                case LogMember.Topics: query = query with { Topics = TopicsHere() }; break;
                default: _reader.Skip(); break;
            }
        }

        if (query.BlockHash is not null && (query.From is not null || query.To is not null))
            Fail("cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
        return query;
    }

    private readonly LogMember LogMemberHere()
    {
        if (_reader.ValueTextEquals("fromBlock"u8)) return LogMember.FromBlock;
        if (_reader.ValueTextEquals("toBlock"u8)) return LogMember.ToBlock;
        if (_reader.ValueTextEquals("blockHash"u8)) return LogMember.BlockHash;
        if (_reader.ValueTextEquals("address"u8)) return LogMember.Address;
        return _reader.ValueTextEquals("topics"u8) ? LogMember.Topics : LogMember.Other;
    }

    private List<Address> LogAddressesHere()
    {
        var addresses = new List<Address>();
        Span<byte> bytes = stackalloc byte[Address.Size];
        if (_reader.TokenType == JsonTokenType.String)
        {
            if (FixedHere(bytes)) addresses.Add(new Address(bytes));
            return addresses;
        }

        if (_reader.TokenType != JsonTokenType.StartArray) Fail("address is neither a string nor an array");
        while (_fault is null && _reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (addresses.Count == LogAddressesMax) Fail($"exceed max addresses: want at most {LogAddressesMax}");
            else if (FixedHere(bytes)) addresses.Add(new Address(bytes));
        }

        return addresses;
    }

    private List<IReadOnlyList<Hash256>> TopicsHere()
    {
        var positions = new List<IReadOnlyList<Hash256>>();
        if (_reader.TokenType != JsonTokenType.StartArray) Fail("topics is not an array");
        while (_fault is null && _reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (positions.Count == TopicPositionsMax) Fail("exceed max topics: want at most 4 positions");
            else positions.Add(TopicHere());
        }

        return positions;
    }

    private List<Hash256> TopicHere()
    {
        var alternatives = new List<Hash256>();
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        if (_reader.TokenType == JsonTokenType.Null) return alternatives;
        if (_reader.TokenType == JsonTokenType.String)
        {
            if (FixedHere(bytes)) alternatives.Add(new Hash256(bytes));
            return alternatives;
        }

        if (_reader.TokenType != JsonTokenType.StartArray) Fail("invalid topic(s)");
        bool isWildcard = false;
        while (_fault is null && _reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            // geth: a null among the alternatives makes the position a wildcard.
            if (_reader.TokenType == JsonTokenType.Null) isWildcard = true;
            else if (alternatives.Count == TopicAlternativesMax) Fail($"exceed max topics: want at most {TopicAlternativesMax} each");
            else if (FixedHere(bytes)) alternatives.Add(new Hash256(bytes));
        }

        return isWildcard ? [] : alternatives;
    }

    private enum LogMember
    {
        Other,
        FromBlock,
        ToBlock,
        BlockHash,
        Address,
        Topics,
    }
}
