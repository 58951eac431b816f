// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_PROVENANCE_H
#define M3_EVAL_PROVENANCE_H

#include <string>
#include <utility>
#include <vector>

namespace ns3::m3::eval
{

/// The origin of a result. An empty text does not apply.
struct Provenance
{
    std::string command;    //!< command line of the suite
    std::string commit;     //!< of the programs that ran, with the number of runs of each where they differ
    std::string machine;    //!< that they ran on, likewise
    std::string flows;      //!< number of flows of a scenario, or the range of these
    std::string mode;       //!< rules of the packet engine
    std::string seeds;      //!< of the scenarios
    std::string matrices;   //!< name and origin of each
    std::string models;     //!< scope and content of each checkpoint
    std::string model;      //!< content of the one checkpoint of a suite without scopes
    std::string unfinished; //!< flows that are left out, by engine

    /// Returns name and value of each text that applies, in the order of a page.
    std::vector<std::pair<std::string, std::string>> Facts() const;
};

/// Name of the command in Provenance::Facts(), which a page shows as code.
inline constexpr const char* COMMAND_FACT = "Command";

} // namespace ns3::m3::eval

#endif // M3_EVAL_PROVENANCE_H
