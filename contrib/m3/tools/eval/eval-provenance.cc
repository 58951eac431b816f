// SPDX-License-Identifier: GPL-2.0-only
#include "eval-provenance.h"

namespace ns3::m3::eval
{

std::vector<std::pair<std::string, std::string>> Provenance::Facts() const
{
    std::vector<std::pair<std::string, std::string>> facts;
    for (const auto& [name, value] : {std::pair<const char*, const std::string&>(COMMAND_FACT, command),
                                      {"Commit", commit},
                                      {"Machine", machine},
                                      {"Flows of a scenario", flows},
                                      {"Rules of the packet engine", mode},
                                      {"Seeds of the scenarios", seeds},
                                      {"Matrices", matrices},
                                      {"Models, by scope", models},
                                      {"Model", model},
                                      {"Unfinished flows, which are left out", unfinished}})
    {
        if (!value.empty())
        {
            facts.emplace_back(name, value);
        }
    }
    return facts;
}

} // namespace ns3::m3::eval
