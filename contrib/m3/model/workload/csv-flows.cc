// SPDX-License-Identifier: GPL-2.0-only
// Flows as a CSV file: a first line with the names of the columns, then a line per flow in ascending order of start.
// Columns are found by their names, in any order; those that are none of a flow come to a note. A unit stands with each
// number or in the name of its column, as in start_us: none is guessed.
#include "flow-formats.h"

#include "core/text-format.h"
#include "fabric/route-errors.h"
#include "ns3/m3-numbers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

namespace ns3::m3
{

namespace
{

/// What a column may hold.
enum class Column
{
    SRC,
    DST,
    SIZE,
    START,
    PRIORITY,
    DPORT
};

/// A name that a column may have, in lower case, without its unit.
struct ColumnName
{
    const char* text;
    Column column;
};

constexpr ColumnName COLUMN_NAMES[] = {
    {"src", Column::SRC},           {"source", Column::SRC},
    {"sender", Column::SRC},        {"src_id", Column::SRC},
    {"src_node", Column::SRC},      {"src_host", Column::SRC},
    {"dst_id", Column::DST},        {"dst_node", Column::DST},
    {"dst_host", Column::DST},      {"dst", Column::DST},
    {"dest", Column::DST},          {"destination", Column::DST},
    {"receiver", Column::DST},      {"size", Column::SIZE},
    {"bytes", Column::SIZE},        {"flow_size", Column::SIZE},
    {"start", Column::START},       {"start_time", Column::START},
    {"arrival", Column::START},     {"arrival_time", Column::START},
    {"priority", Column::PRIORITY}, {"priority_class", Column::PRIORITY},
    {"dport", Column::DPORT},       {"dst_port", Column::DPORT},
};

constexpr std::array<const char*, 6> TITLES = {"src", "dst", "size", "start", "priority", "dport"};

/// A unit in the name of a column, and as a number has it behind it.
struct ColumnUnit
{
    const char* text;
    const char* unit;
    Column column;
};

constexpr ColumnUnit COLUMN_UNITS[] = {
    {"ps", "ps", Column::START},
    {"ns", "ns", Column::START},
    {"us", "us", Column::START},
    {"ms", "ms", Column::START},
    {"s", "s", Column::START},
    {"sec", "s", Column::START},
    {"seconds", "s", Column::START},
    {"bytes", "B", Column::SIZE},
    {"b", "B", Column::SIZE},
    {"kb", "KB", Column::SIZE},
    {"kib", "KiB", Column::SIZE},
    {"mb", "MB", Column::SIZE},
    {"mib", "MiB", Column::SIZE},
};

/// Returns "start_us" of "Start (us)", "start[us]" and "start-us".
std::string PlainName(const std::string& title)
{
    std::string name;
    for (const char letter : title)
    {
        const auto byte = static_cast<unsigned char>(letter);
        if (std::isalnum(byte) || byte >= 0x80)
        {
            name += static_cast<char>(std::tolower(byte));
        }
        else if (!name.empty() && name.back() != '_')
        {
            name += '_';
        }
    }
    while (!name.empty() && name.back() == '_')
    {
        name.pop_back();
    }
    return name;
}

/// Reads one line after the other.
class CsvReader
{
  public:
    CsvReader(TextReader& reader, const FabricGraph& fabric)
        : m_reader(reader),
          m_fabric(fabric)
    {
    }

    FlowList Read(InputNotes* notes)
    {
        ReadTitles(notes);
        FlowList flows;
        while (m_reader.Next())
        {
            if (m_reader.Fields() != m_titles)
            {
                m_reader.Fail("flow",
                              "has " + std::to_string(m_reader.Fields()) + " fields, the first line has " +
                                  std::to_string(m_titles));
            }
            const Flow flow = One();
            if (!flows.empty() && flow.startNs < flows.back().startNs)
            {
                m_reader.Fail(PlaceOf(Column::START)->title,
                              "earlier than that of the flow before; sort the file by start");
            }
            if (flows.size() == UINT32_MAX - 1)
            {
                m_reader.Fail("flow", "more than 4,294,967,294 flows");
            }
            flows.push_back(flow);
        }
        if (flows.empty())
        {
            m_reader.Fail("flow", "missing, the file ends here");
        }
        return flows;
    }

  private:
    /// Where a column is, and the unit of its numbers; empty: each has its own.
    struct Place
    {
        std::size_t field;
        std::string unit;
        std::string title;
    };

    std::optional<Place>& PlaceOf(Column column)
    {
        return m_places[static_cast<std::size_t>(column)];
    }

    const std::optional<Place>& PlaceOf(Column column) const
    {
        return m_places[static_cast<std::size_t>(column)];
    }

    void ReadTitles(InputNotes* notes)
    {
        if (!m_reader.Next())
        {
            m_reader.Fail("names of the columns", "missing, the file ends here");
        }
        m_titles = m_reader.Fields();
        std::string unused;
        for (std::size_t field = 0; field < m_titles; field++)
        {
            const std::string& title = m_reader.Text(field);
            if (!Take(field, title))
            {
                unused += (unused.empty() ? "" : ", ") + Quoted(title);
            }
        }
        for (const Column column : {Column::SRC, Column::DST, Column::SIZE, Column::START})
        {
            if (!PlaceOf(column))
            {
                m_reader.Fail(
                    "names of the columns",
                    std::string("none is ") + TITLES[static_cast<std::size_t>(column)] +
                        "; a file of flows has src, dst, size and start, as in 'src,dst,size_bytes,start_us'");
            }
        }
        if (!unused.empty())
        {
            m_reader.Note(notes, "columns that are no part of a flow: " + unused);
        }
    }

    /// Takes the column of a title, if it is one. \return whether it is
    bool Take(std::size_t field, const std::string& title)
    {
        const std::string name = PlainName(title);
        for (const ColumnName& known : COLUMN_NAMES)
        {
            const std::string start = std::string(known.text) + "_";
            const bool isWhole = name == known.text;
            const auto* found = std::end(COLUMN_UNITS);
            if (!isWhole && name.substr(0, start.size()) == start)
            {
                found = std::find_if(std::begin(COLUMN_UNITS),
                                     std::end(COLUMN_UNITS),
                                     [&](const ColumnUnit& one)
                                     { return one.column == known.column && name.substr(start.size()) == one.text; });
            }
            if (!isWhole && found == std::end(COLUMN_UNITS))
            {
                continue;
            }
            std::optional<Place>& place = PlaceOf(known.column);
            if (place)
            {
                m_reader.Fail("names of the columns",
                              Quoted(place->title) + " and " + Quoted(title) + " are both a " +
                                  TITLES[static_cast<std::size_t>(known.column)]);
            }
            place = Place{field, isWhole ? "" : found->unit, title};
            return true;
        }
        return false;
    }

    /// What `parse` makes of a column's number, with the unit of the column if it has none of its own.
    template <typename Parse>
    auto Parsed(Column column, const Parse& parse) const
    {
        const std::optional<Place>& place = PlaceOf(column);
        const std::string& text = m_reader.Text(place->field);
        const bool isPlain =
            !text.empty() && (std::isdigit(static_cast<unsigned char>(text.back())) || text.back() == '.');
        if (column == Column::START && isPlain && place->unit.empty() &&
            text.find_first_not_of("0.") != std::string::npos)
        {
            m_reader.Fail(place->title,
                          "needs a unit: in the name of the column, as in start_us, or behind the number, as in 5us");
        }
        try
        {
            return parse(place->title, isPlain ? text + place->unit : text);
        }
        catch (const InputError& error)
        {
            m_reader.Fail("", error.what());
        }
    }

    Flow One() const
    {
        Flow flow{Host(Column::SRC), Host(Column::DST), 0, 0};
        if (flow.src == flow.dst)
        {
            m_reader.Fail(PlaceOf(Column::DST)->title, "is the source itself");
        }
        flow.sizeBytes = Parsed(Column::SIZE,
                                [](const std::string& name, const std::string& text)
                                { return ParseBytes(name, text, 1, MAX_FLOW_BYTES); });
        flow.startNs = Parsed(Column::START,
                              [](const std::string& name, const std::string& text)
                              {
                                  const int64_t start = ParseTimeNs(name, text);
                                  if (start > MAX_START_NS)
                                  {
                                      throw InputError(name + ": " + Quoted(text) + " is later than " +
                                                       std::to_string(MAX_START_NS / 1'000'000'000) + " s");
                                  }
                                  return start;
                              });
        if (const std::optional<Place>& place = PlaceOf(Column::PRIORITY))
        {
            constexpr uint64_t LAST_CLASS = 7;
            flow.priorityGroup = static_cast<uint8_t>(m_reader.Integer(place->field, place->title, 0, LAST_CLASS));
        }
        if (const std::optional<Place>& place = PlaceOf(Column::DPORT))
        {
            flow.dstPort = static_cast<uint16_t>(m_reader.Integer(place->field, place->title, 0, UINT16_MAX));
        }
        return flow;
    }

    NodeId Host(Column column) const
    {
        const std::optional<Place>& place = PlaceOf(column);
        const NodeId node = m_reader.Integer(place->field, place->title, 0, UINT32_MAX);
        if (node >= m_fabric.NodeCount() || !m_fabric.IsHost(node))
        {
            m_reader.Fail(place->title, NoHostText(m_fabric, node));
        }
        return node;
    }

    TextReader& m_reader;
    const FabricGraph& m_fabric;
    std::size_t m_titles = 0;
    std::array<std::optional<Place>, TITLES.size()> m_places;
};

} // namespace

Schedule ReadCsvFlows(TextReader& reader, const FabricGraph& fabric, StartTimes /*times*/, InputNotes* notes)
{
    return Schedule(CsvReader(reader, fabric).Read(notes));
}

} // namespace ns3::m3
