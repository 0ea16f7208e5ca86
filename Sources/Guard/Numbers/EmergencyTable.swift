// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file

// Written by Scripts/number-plan from the metadata of PyPI phonenumbers 9.0.43; edit nothing here. Derived from
// libphonenumber (Copyright The Libphonenumber Authors, Apache License 2.0), see NOTICE.

/// What people dial for help, beside 112, 911 and 999.
enum EmergencyTable {
    /// Region, numbers.
    static let rows: StaticString = #"""
        AD 110 116 118
        AE 997 998
        AF 100 102 119
        AL 127 128 129
        AM 101 102 103
        AO 113 115
        AR 100 101 107
        AT 122 133 144
        AU 000 106
        AW 100
        AZ 101 102 103
        BA 122 123 124
        BB 211 311 511
        BD 100 101 102 199
        BE 100 101
        BF 17 18
        BG 150 160 166
        BH 199
        BI 113 117
        BJ 114 116 117 118
        BL 18
        BN 991 993 995
        BO 110 118 119
        BR 128 190 192 193
        BS 919
        BT 110 113
        BW 111 997 998
        BY 101 102 103
        BZ 90 990
        CC 000
        CD 113 114 118 177 188
        CF 117 118 1220
        CG 117 118
        CH 117 118 144
        CI 110 111 170 180
        CK 996 998
        CL 131 132 133
        CM 113 117 13 17
        CN 110 119 120
        CO 119 123 132 156
        CU 104 105 106
        CV 130 131 132
        CX 000
        CY 199
        CZ 150 151 152 153 154 155 156 157 158 159
        DE 110
        DJ 17 18
        DK 114
        DM 333
        DZ 14 17
        EC 101 102
        EE 110
        EG 122 123 180
        EH 15 177 19
        ER 113 114 116 124422 127799 201606 201917 202099 202914
        ES 085 088
        ET 91 92 93 939 991 997
        FJ 917
        FM 320221
        FO 114
        FR 15 17 18
        GA 1300 1301 1302 1303 1304 1305 1306 1307 1308 1309 1310 1311 1312 1313 1314 1315 1316 1317 1318 1319 1320 1321 1322 1323 1324 1325 1326 1327 1328 1329 1330 1331 1332 1333 1334 1335 1336 1337 1338 1339 1340 1341 1342 1343 1344 1345 1346 1347 1348 1349 1350 1351 1352 1353 1354 1355 1356 1357 1358 1359 1360 1361 1362 1363 1364 1365 1366 1367 1368 1369 1370 1371 1372 1373 1374 1375 1376 1377 1378 1379 1380 1381 1382 1383 1384 1385 1386 1387 1388 1389 1390 1391 1392 1393 1394 1395 1396 1397 1398 1399 1730 18
        GE 011 022 033 111 113 122
        GF 15 17 18
        GH 191 192 193
        GI 190 199
        GM 116 117 118 16 17 18
        GP 15 17 18
        GR 100 166 199
        GT 110 120 123
        GW 113 117 118
        GY 912 913
        HK 992
        HN 199
        HR 192 193 194 93 94
        HT 114 118
        HU 104 105 107
        ID 110 113 118 119
        IL 100 101 102
        IN 100 101 102 108 1298 2611
        IQ 100 104 115 122
        IR 110 115 125
        IT 113 115 118
        JM 110 119
        JO 191 192 197
        JP 110 119
        KE 114
        KG 101 102 103
        KH 117 118 119 666
        KI 192 193 194 195 992 993 994
        KM 17 18
        KN 333
        KP 119 819
        KR 119
        KZ 101 102 103
        LA 190 191 195
        LB 140 175
        LI 117 118 144
        LK 110 116 118 119
        LR 355
        LS 115 117
        LT 01 011 02 022 03 033 101 102 103
        LU 113
        LV 01 02 03 110 113
        LY 190 191 193
        MA 15 177 19
        MC 15 17 18
        MD 901 902 903
        ME 122 123 124
        MF 15 17 18
        MG 117 118 17 18
        MK 192 193 194
        ML 15 17 18
        MM 199
        MN 100 101 102 103 105
        MQ 15 17 18
        MR 17 18
        MU 114 115 995
        MV 102 118 119
        MW 199 997 998
        MX 060 065 066 068 080
        MZ 117 119 197 198
        NA 10111
        NC 15 16 17 18
        NE 118 15 17 18 723141
        NF 955 977
        NG 199
        NI 115 118 120 128
        NO 110 113
        NP 100 101 102 103
        NR 110 111
        NZ 111
        OM 1444 9999
        PE 105 116 117
        PF 15 17 18
        PG 000 110 111
        PH 117
        PK 1122 115 15 16
        PL 997 998
        PM 15 17 18
        PS 100 101 102
        PT 115
        PY 128
        RE 15 17 18
        RS 92 93 94
        RU 01 02 03 101 102 103
        RW 111
        SA 997
        SE 90000
        SG 993 995
        SI 113
        SJ 110 113
        SK 150 155 158
        SL 019
        SM 113 115 118
        SN 17 18
        SO 555 888
        SR 115
        SV 913
        SX 919
        SY 110 113
        TD 17 18
        TG 117 118 171 172 177
        TH 1669 191 199
        TJ 101 102 103
        TL 115
        TM 01 02 03
        TN 190 197 198
        TO 922 933
        TR 110 155
        TT 990
        TW 110 119
        TZ 110 111 114 115
        UA 101 102 103
        UY 128
        UZ 001 002 003 01 02 03 050
        VA 113 115 118
        VE 171
        VN 113 114 115
        WF 15 17 18
        WS 994 995 996
        XK 192 193 194
        YE 191 194 195 199
        YT 15
        ZA 10111 10177
        ZM 991 993
        ZW 993 994 995
        """#
    /// Regions where another number than 112 is asked for by who only wants help.
    static let general: StaticString = #"""
        AC 911
        AF 100
        AG 911
        AI 911
        AM 101
        AR 911
        AS 911
        AU 000
        AW 911
        BA 122
        BB 911
        BD 999
        BF 17
        BH 999
        BL 18
        BM 911
        BN 991
        BO 110
        BS 911
        BZ 911
        CA 911
        CD 113
        CF 117
        CG 117
        CI 110
        CK 999
        CL 911
        CM 113
        CN 110
        CU 104
        CV 130
        DJ 17
        DM 911
        DO 911
        EG 122
        EH 15
        ET 911
        FJ 911
        FK 999
        FM 911
        GA 1300
        GD 911
        GF 15
        GH 999
        GM 116
        GP 15
        GT 110
        GU 911
        GW 113
        GY 911
        HN 199
        HT 114
        IM 999
        IQ 100
        JM 911
        JP 110
        KG 101
        KH 117
        KI 192
        KM 17
        KN 911
        KY 911
        LA 190
        LC 911
        LR 911
        LY 190
        MA 15
        MF 15
        MG 117
        MH 911
        ML 15
        MM 199
        MN 100
        MO 999
        MP 911
        MR 17
        MS 911
        MU 999
        MV 102
        MW 999
        MX 911
        MZ 117
        NA 10111
        NC 15
        NE 118
        NF 911
        NG 199
        NI 115
        NU 999
        NZ 111
        OM 1444
        PA 911
        PE 105
        PF 15
        PG 000
        PM 15
        PR 911
        PS 100
        PW 911
        PY 911
        QA 999
        SB 999
        SC 999
        SD 999
        SG 999
        SH 911
        SL 999
        SM 113
        SN 17
        SO 999
        SR 115
        SS 999
        SV 911
        SX 919
        SZ 999
        TC 911
        TD 17
        TG 117
        TH 1669
        TM 01
        TN 190
        TO 911
        TT 999
        TV 911
        UG 999
        US 911
        UY 911
        UZ 001
        VC 911
        VG 911
        VI 911
        VN 113
        WF 15
        WS 911
        YE 191
        """#
}
