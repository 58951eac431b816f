# Where `cmake --install` puts what, and how installed programs and libraries find each other and the shipped data.
include(GNUInstallDirs)
set(m3_data_dir ${CMAKE_INSTALL_DATAROOTDIR}/m3)
set(m3_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/m3-ns3)
file(RELATIVE_PATH M3_FOLDER_FROM_LIBRARY /p/${CMAKE_INSTALL_LIBDIR} /p/${m3_data_dir})
file(RELATIVE_PATH m3_library_from_program /p/${CMAKE_INSTALL_BINDIR} /p/${CMAKE_INSTALL_LIBDIR})
# relative, so that an installed folder may be moved; where ns-3 or LibTorch lie elsewhere, these places too
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/${m3_library_from_program}")
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
