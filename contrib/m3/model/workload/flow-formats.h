// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_FORMATS_H
#define M3_FLOW_FORMATS_H

#include "start-times.h"

#include "ns3/m3-schedule.h"
#include "ns3/m3-text-file.h"

#include <string_view>

namespace ns3::m3
{

inline constexpr std::string_view CHAKRA_ENDING = ".et";    //!< End of the names of Chakra's traces.
inline constexpr const char* SCHEDULE_WORD = "m3-schedule"; //!< First word of the files of WriteSchedule().

/// A reader of ReadTrafficFile(). It has seen nothing of the file yet.
using TrafficReader = Schedule(TextReader& reader, const FabricGraph& fabric, StartTimes times, InputNotes* notes);

// The reader of each format, from a file of its name. A new one gets a line here and in TRAFFIC_FORMATS.
TrafficReader ReadHpccFlows;        //!< hpcc-flows.cc
TrafficReader ReadCsvFlows;         //!< csv-flows.cc
TrafficReader ReadSchedule;         //!< schedule-file.cc
TrafficReader ReadGoal;             //!< goal-file.cc
TrafficReader ReadHtsimConnections; //!< htsim-connections.cc
TrafficReader ReadSimaiWorkload;    //!< simai-workload.cc
TrafficReader ReadChakraTraces;     //!< chakra-traces.cc

/// \ingroup m3-workload
/// A format of files with traffic, known by the first word in them or by the end of their names.
struct TrafficFormat
{
    const char* text;             //!< What options call it, as in "the HPCC simulator's format".
    const char* firstWord;        //!< First word of its files; "" for the first format, which takes all other files.
    TrafficReader* read;          //!< Reads a file.
    std::string_view ending = {}; //!< End of the names of its files; "": they are known by their first word.
    const char* name = "";        //!< What such a name is like, as in "FILE.csv".
    char separator = ' ';         //!< Of fields, as of TextReader.
};

/// All formats of files with traffic.
inline constexpr TrafficFormat TRAFFIC_FORMATS[] = {
    {"the HPCC simulator's format", "", ReadHpccFlows},
    {"CSV", "", ReadCsvFlows, ".csv", "FILE.csv", ','},
    {"CSV with tabs", "", ReadCsvFlows, ".tsv", "FILE.tsv", '\t'},
    {"a schedule, whose flows wait for others", SCHEDULE_WORD, ReadSchedule},
    {"GOAL", "num_ranks", ReadGoal},
    {"htsim's connection matrices", "Nodes", ReadHtsimConnections},
    {"SimAI's workloads", "HYBRID_TRANSFORMER_FWD_IN_BCKWD", ReadSimaiWorkload},
    {"its micro-benchmarks", "MICRO", ReadSimaiWorkload},
    {"Chakra's execution traces", "", ReadChakraTraces, CHAKRA_ENDING, "PREFIX.RANK.et"},
};

} // namespace ns3::m3

#endif // M3_FLOW_FORMATS_H
