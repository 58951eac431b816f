// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-failures.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-text-file.h"

#include <algorithm>
#include <cmath>

namespace ns3::m3
{

namespace
{

/// Words of files and options.
struct FailureWord
{
    const char* word;
    FailureKind kind;
    std::size_t nodes;
    const char* value; //!< what follows them, null: nothing
};

constexpr FailureWord FAILURE_WORDS[] = {{"link-down", FailureKind::LINK_DOWN, 2, nullptr},
                                         {"link-up", FailureKind::LINK_UP, 2, nullptr},
                                         {"node-down", FailureKind::NODE_DOWN, 1, nullptr},
                                         {"node-up", FailureKind::NODE_UP, 1, nullptr},
                                         {"link-rate", FailureKind::LINK_RATE, 2, "rate"},
                                         {"link-loss", FailureKind::LINK_LOSS, 2, "loss"}};

const FailureWord& WordOf(FailureKind kind)
{
    return *std::find_if(std::begin(FAILURE_WORDS),
                         std::end(FAILURE_WORDS),
                         [kind](const FailureWord& word) { return word.kind == kind; });
}

const FailureWord& ParseWord(const std::string& text)
{
    std::string words;
    for (const FailureWord& word : FAILURE_WORDS)
    {
        if (text == word.word)
        {
            return word;
        }
        words += (words.empty() ? "" : ", ") + std::string(word.word);
    }
    throw InputError("what: " + Quoted(text) + " is none of " + words);
}

void ParseValue(const std::string& text, Failure& failure)
{
    constexpr double PERCENT = 100;
    if (failure.kind == FailureKind::LINK_LOSS)
    {
        failure.errorRate = ParseProbability("loss", text);
    }
    else if (!text.empty() && text.back() == '%')
    {
        failure.rateShare = ParseReal("rate", text.substr(0, text.size() - 1), 0, PERCENT) / PERCENT;
    }
    else
    {
        failure.rateBps = ParseRate("rate", text);
    }
}

/// \param fields of a line \throws InputError that begins with the name of a field
Failure ParseFields(const std::vector<std::string>& fields)
{
    if (fields.size() < 3)
    {
        throw InputError(
            FormatText("failure: has %zu fields; it needs a time, what happens, and a node or two", fields.size()));
    }
    const int64_t timeNs = ParseTimeNs("time", fields[0], "us");
    const FailureWord& word = ParseWord(fields[1]);
    const std::size_t wanted = 2 + word.nodes + (word.value ? 1 : 0);
    if (fields.size() != wanted)
    {
        throw InputError(FormatText("failure: %s needs %zu fields in all, and here are %zu: time, what, %s%s%s",
                                    word.word,
                                    wanted,
                                    fields.size(),
                                    word.nodes == 1 ? "node" : "node, node",
                                    word.value ? ", " : "",
                                    word.value ? word.value : ""));
    }
    Failure failure{timeNs, word.kind, static_cast<NodeId>(ParseUnsigned("node", fields[2], 0, UINT32_MAX))};
    failure.b = word.nodes == 2 ? static_cast<NodeId>(ParseUnsigned("node", fields[3], 0, UINT32_MAX)) : 0;
    if (word.value)
    {
        ParseValue(fields.back(), failure);
    }
    return failure;
}

[[noreturn]] void RefuseFailure(const Failure& failure, const std::string& message)
{
    throw InputError((failure.where.empty() ? "failure" : failure.where) + ": " + message);
}

/// The rate of a link after LINK_RATE.
uint64_t RateAfter(const Failure& failure, const FabricLink& link)
{
    const auto first = static_cast<double>(link.bitsPerSecond);
    const double rate =
        failure.rateBps > 0 ? static_cast<double>(failure.rateBps) : std::floor(first * failure.rateShare);
    if (!(rate >= static_cast<double>(MIN_LINK_BPS) && rate <= first))
    {
        RefuseFailure(
            failure,
            FormatText("rate: must be above 0 and at most the %llu bit/s that the link between nodes %u and %u has "
                       "at first",
                       static_cast<unsigned long long>(link.bitsPerSecond),
                       failure.a,
                       failure.b));
    }
    return std::min(static_cast<uint64_t>(rate), link.bitsPerSecond);
}

/// What is down.
class DownParts
{
  public:
    explicit DownParts(const FabricGraph& fabric)
        : m_fabric(fabric),
          m_links(fabric.LinkCount() / 2),
          m_nodes(fabric.NodeCount()),
          m_isUp(fabric.LinkCount() / 2)
    {
        for (LinkId link = 0; link < fabric.LinkCount(); link += 2)
        {
            m_links[link / 2] = !fabric.Link(link).up;
            m_isUp[link / 2] = fabric.Link(link).up;
        }
    }

    void SetNode(const Failure& failure, std::vector<LinkChange>& changes)
    {
        m_nodes[failure.a] = failure.kind == FailureKind::NODE_DOWN;
        for (const LinkId link : m_fabric.EgressLinks(failure.a))
        {
            Look(link, failure.timeNs, changes);
        }
    }

    void SetLink(LinkId link, const Failure& failure, std::vector<LinkChange>& changes)
    {
        m_links[link / 2] = failure.kind == FailureKind::LINK_DOWN;
        Look(link, failure.timeNs, changes);
    }

    bool IsUp(LinkId link) const
    {
        return m_isUp[link / 2];
    }

  private:
    void Look(LinkId link, int64_t timeNs, std::vector<LinkChange>& changes)
    {
        const FabricLink& ends = m_fabric.Link(link);
        const bool up = !m_links[link / 2] && !m_nodes[ends.from] && !m_nodes[ends.to];
        if (up != m_isUp[link / 2])
        {
            m_isUp[link / 2] = up;
            changes.push_back({timeNs, link & ~1U, up});
        }
    }

    const FabricGraph& m_fabric;
    std::vector<bool> m_links; //!< full-duplex links that are down for a reason of their own
    std::vector<bool> m_nodes; //!< that are down
    std::vector<bool> m_isUp;  //!< full-duplex links
};

void ApplyToLink(const Failure& failure,
                 LinkId link,
                 const FabricGraph& fabric,
                 DownParts& down,
                 std::vector<LinkChange>& changes)
{
    if (failure.kind == FailureKind::LINK_RATE)
    {
        changes.push_back({failure.timeNs, link, down.IsUp(link), RateAfter(failure, fabric.Link(link))});
    }
    else if (failure.kind == FailureKind::LINK_LOSS)
    {
        changes.push_back({failure.timeNs, link, down.IsUp(link), 0, failure.errorRate});
    }
    else
    {
        down.SetLink(link, failure, changes);
    }
}

void CheckFailure(const FabricGraph& fabric, const Failure& failure)
{
    const bool ofNode = WordOf(failure.kind).nodes == 1;
    for (const NodeId node : {failure.a, ofNode ? failure.a : failure.b})
    {
        if (node >= fabric.NodeCount())
        {
            RefuseFailure(failure, FormatText("node: %u does not exist, there are %u", node, fabric.NodeCount()));
        }
    }
    if (failure.timeNs < 0)
    {
        RefuseFailure(failure, "time: must be at least 0");
    }
    if (failure.kind == FailureKind::LINK_LOSS && !(failure.errorRate >= 0 && failure.errorRate < 1))
    {
        RefuseFailure(failure, "loss: must be at least 0 and below 1");
    }
}

} // namespace

std::vector<Failure> ReadFailures(const std::string& file)
{
    TextReader reader(file);
    std::vector<Failure> failures;
    while (reader.Next())
    {
        std::vector<std::string> fields;
        for (std::size_t field = 0; field < reader.Fields(); field++)
        {
            fields.push_back(reader.Text(field));
        }
        try
        {
            failures.push_back(ParseFields(fields));
        }
        catch (const InputError& error)
        {
            throw InputError(file, reader.Line(), "", error.what());
        }
        failures.back().where = file + ":" + std::to_string(reader.Line());
    }
    return failures;
}

std::vector<Failure> ParseFailures(const std::string& name, const std::string& text)
{
    std::string all = text;
    std::replace(all.begin(), all.end(), ',', ';');
    std::vector<Failure> failures;
    for (const std::string& part : SplitList(all, ';'))
    {
        std::vector<std::string> fields = SplitList(part, ' ');
        fields.erase(std::remove(fields.begin(), fields.end(), ""), fields.end());
        try
        {
            failures.push_back(ParseFields(fields));
        }
        catch (const InputError& error)
        {
            throw InputError(name + ": " + error.what());
        }
        failures.back().where = name;
    }
    return failures;
}

std::string FailureText(const Failure& failure)
{
    constexpr double PERCENT = 100;
    const FailureWord& word = WordOf(failure.kind);
    std::string text = std::to_string(failure.timeNs) + "ns " + word.word + " " + std::to_string(failure.a);
    text += word.nodes == 2 ? " " + std::to_string(failure.b) : "";
    if (failure.kind == FailureKind::LINK_RATE)
    {
        text += failure.rateBps > 0 ? " " + std::to_string(failure.rateBps) + "bps"
                                    : " " + ExactText(PERCENT * failure.rateShare) + "%";
    }
    return failure.kind == FailureKind::LINK_LOSS ? text + " " + ExactText(failure.errorRate) : text;
}

std::vector<LinkChange> LinkChangesOf(const FabricGraph& fabric, const std::vector<Failure>& failures)
{
    std::vector<Failure> ordered = failures;
    std::stable_sort(ordered.begin(),
                     ordered.end(),
                     [](const Failure& a, const Failure& b) { return a.timeNs < b.timeNs; });
    DownParts down(fabric);
    std::vector<LinkChange> changes;
    for (const Failure& failure : ordered)
    {
        CheckFailure(fabric, failure);
        if (WordOf(failure.kind).nodes == 1)
        {
            down.SetNode(failure, changes);
            continue;
        }
        bool found = false;
        for (const LinkId egress : fabric.EgressLinks(failure.a))
        {
            if (fabric.Link(egress).to == failure.b)
            {
                ApplyToLink(failure, egress & ~1U, fabric, down, changes);
                found = true;
            }
        }
        if (!found)
        {
            RefuseFailure(failure, FormatText("link: no link joins nodes %u and %u", failure.a, failure.b));
        }
    }
    return changes;
}

} // namespace ns3::m3
